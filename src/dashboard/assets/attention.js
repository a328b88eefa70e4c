// The banner: what needs a hand, and what to do about it.

import { attentionList } from "./board.js";
import { element, keyed, moment, say } from "./dom.js";
import { icon } from "./icons.js";

export function showAttention() {
  const list = attentionList();
  const banner = document.getElementById("attention");
  say(document.getElementById("attention-title"),
    list.length === 1 ? "Needs a hand" : `Needs a hand: ${list.length} things`);
  keyed(document.getElementById("attention-list"), list, (item) => `${item.key} ${item.code}`, makeEntry);
  banner.hidden = list.length === 0;
  document.title = list.length ? `(${list.length}) platen` : "platen";
}

function makeEntry() {
  const who = element("strong", { class: "who" });
  const message = element("span", { class: "what" });
  const action = element("span", { class: "advice" });
  const since = element("time", { class: "since" });
  const root = element("li", {}, icon("attention"), element("div", {},
    element("p", {}, who, " ", message), element("p", {}, action)), since);
  return {
    root,
    update(item) {
      say(who, item.who);
      say(message, item.message);
      say(action, item.action);
      moment(since, item.since);
    },
  };
}
