// What the sandbox's pages share: its control API, and how a number is written.

export const CONTROL = "/sandbox/control";

export async function call(method, path, body, signal) {
  const response = await fetch(CONTROL + path, {
    method,
    signal,
    headers: body ? { "content-type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error(typeof answer.detail === "string" ? answer.detail : `The sandbox answered ${response.status}.`);
}

export const pretty = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");
