// Pictures of the latest labels, where the service makes some (in a demo). Elsewhere the section stays hidden.

import { getJson, request } from "./api.js";
import { element, keyed } from "./dom.js";

const PICTURES_MAX = 12;
let isOffered = true;
let isLoading = false;

export async function showGallery() {
  if (!isOffered || isLoading) return;
  isLoading = true;
  try {
    const pictures = await getJson("/api/demo/labels");
    const latest = (Array.isArray(pictures) ? pictures : []).slice(-PICTURES_MAX).reverse();
    keyed(document.getElementById("gallery-list"), latest, (picture) => picture.url, makePicture);
    document.getElementById("gallery").hidden = latest.length === 0;
  } catch (error) {
    isOffered = error.status !== 404;
  } finally {
    isLoading = false;
  }
}

function makePicture(picture) {
  const image = element("img", { alt: `Label ${picture.name}` });
  load(image, picture.url);
  return {
    root: element("li", {}, element("figure", {}, image, element("figcaption", {}, picture.name))),
    update() {},
  };
}

/** The picture may need the key, which an image element cannot send. Only this service is asked. */
async function load(image, url) {
  const address = new URL(url, location.href);
  if (address.origin !== location.origin) return;
  try {
    const blob = URL.createObjectURL(await (await request(address.href)).blob());
    image.onload = () => URL.revokeObjectURL(blob);
    image.src = blob;
  } catch {
    image.alt += " (no picture)";
  }
}
