// Requests to the service: the key on each, and refusals turned into words a person can use.

import { currentKey } from "./key.js";

/** A refusal or failure, with what happened and what to do. */
export class ApiError extends Error {
  constructor(status, detail, action) {
    super(detail);
    this.status = status;
    this.action = action;
  }
}

export function authorised(headers = {}) {
  return { ...headers, Authorization: `Bearer ${currentKey() ?? ""}` };
}

/** Sends a request and answers the response if it is a good one. */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options, headers: authorised(options.headers) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "The service cannot be reached.", "Check that it is running and that this device is on its network.");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function getJson(path) {
  return (await request(path)).json();
}

export async function post(path, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  await request(path, { method: "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

/** A list, whether it came bare or as the one list of a page. */
export function listOf(answer) {
  if (Array.isArray(answer)) return answer;
  return Object.values(answer ?? {}).find(Array.isArray) ?? [];
}

/** Problem details where there are some; proxies answer in their own way. */
async function refusal(response) {
  let problem = {};
  if ((response.headers.get("Content-Type") ?? "").includes("json")) {
    problem = await response.json().catch(() => ({})) ?? {};
  }
  const detail = problem.detail || problem.title || `The service answered ${response.status}.`;
  return new ApiError(response.status, String(detail), problem.action ? String(problem.action) : "");
}
