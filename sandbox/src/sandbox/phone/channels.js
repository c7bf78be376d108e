// One customer on three channels: what is said here goes out as text, Chatwoot's or Postmark's webhook; the timeline is
// read from Parley, so that nothing is shown there which Parley does not have.

import { call, pretty } from "./control.js";

const KEEP = "parley-sandbox-person";
const LOOK_MILLISECONDS = 1000;
const WAIT_SECONDS = 15;
const PEOPLE = ["Maya Torres", "Jonas Weber", "Priya Nair", "Tom Okafor", "Lena Fischer", "Sam Rivera", "Noor Haddad", "Iris Chen"];
const FIRST_NUMBER = 13125550141;
const STORY = [
  { channel: "sms", text: "Hi, are you open on Saturday?" },
  { channel: "chat", author: "visitor", text: "Hello again! Do you have parking?" },
  { channel: "chat", author: "agent", text: "Yes, behind the building, free for customers." },
  { channel: "email", subject: "Saturday", text: "Great, then I'll bring my daughter along.\nCould you do both of us at 10?" },
  { channel: "sms", text: "How much is a haircut?" },
];
const CHANNELS = { sms: "SMS", chat: "Live chat", email: "E-mail", voice: "Call" };

const byId = (id) => document.getElementById(id);
const cards = new Map([...document.querySelectorAll(".card")].map((card) => [card.dataset.channel, card]));
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

let person = null;
let business = "";
let looking = null;
let known = new Set();

function notice(text) {
  byId("notice").hidden = !text;
  byId("notice").textContent = text;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// ---- who

function be(index) {
  const name = PEOPLE[index % PEOPLE.length];
  const [first, last] = name.toLowerCase().split(" ");
  const turn = Math.floor(index / PEOPLE.length) || "";
  person = { name, phone_number: `+${FIRST_NUMBER + index}`, email: `${first}${turn}@${last}.example` };
  try { localStorage.setItem(KEEP, String(index)); } catch { /* private mode: nothing is kept */ }
  byId("initials").textContent = name.split(" ").map((part) => part[0]).join("");
  byId("name").textContent = name;
  byId("known").textContent = `${pretty(person.phone_number)} · ${person.email}`;
  byId("visitor").textContent = name.split(" ")[0];
  known = new Set();
  for (const card of cards.values()) card.querySelector("ol").replaceChildren();
  byId("timeline").replaceChildren();
  looking?.abort();
  looking = new AbortController();
  followTexts(looking.signal);
  followParley(looking.signal);
}

function keptIndex() {
  try { return Math.max(0, Number.parseInt(localStorage.getItem(KEEP) ?? "0", 10) || 0); } catch { return 0; }
}

// ---- what is said

function send(said) {
  if (said.channel === "sms") {
    return call("POST", "/inbound", { id: crypto.randomUUID?.(), from: person.phone_number, to: business, text: said.text });
  }
  const { channel, ...rest } = said;
  return call("POST", `/neighbours/${channel}`, { customer: person, ...rest });
}

async function submit(form, channel) {
  const said = { channel, ...Object.fromEntries(new FormData(form)) };
  if (!said.text.trim()) return;
  const go = form.querySelector(".go");
  go.disabled = true;
  try {
    await send(said);
    form.elements.text.value = "";
    if (form.elements.subject) form.elements.subject.value = "";
    notice("");
  } catch (error) {
    notice(`Not sent: ${error.message}`);
  }
  go.disabled = false;
  form.elements.text.focus();
}

async function play() {
  const button = byId("play");
  button.disabled = true;
  try {
    for (const said of STORY) {
      show(said.channel);
      await send(said);
      await pause(2200);
    }
    notice("");
  } catch (error) {
    notice(`The story stopped: ${error.message}`);
  }
  button.disabled = false;
}

// ---- what there is

function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function drawSaid(channel, rows) {
  const card = cards.get(channel);
  const box = card.querySelector(".said");
  const list = box.querySelector("ol");
  card.querySelector(".idea").hidden = rows.length > 0;
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const before = list.childElementCount;
  list.replaceChildren(...rows.map((row, index) => {
    const line = element("li", `${row.mine ? "line-in" : "line-out"}${row.subject === undefined ? "" : " letter"}${index >= before && before ? " fresh" : ""}`);
    const bubble = element("div", "bubble");
    if (row.subject) bubble.append(element("b", "", row.subject));
    bubble.append(row.text);
    line.append(bubble, element("div", "state", `${clock(row.at)}${row.state ? ` · ${row.state}` : ""}`));
    return line;
  }));
  if (atEnd || list.childElementCount !== before) box.scrollTop = box.scrollHeight;
}

function textRows(messages) {
  return messages.map((one) => ({
    mine: one.direction === "inbound",
    text: one.text || "(picture)",
    at: one.at,
    state: one.direction === "inbound" ? { delivered: "Parley has it", pending: "on its way…" }[one.reached] : one.status,
  }));
}

function neighbourRows(said, channel) {
  return said.filter((one) => one.channel === channel).map((one) => ({
    mine: one.author === "visitor",
    text: one.text,
    subject: channel === "email" ? one.subject || "(no subject)" : undefined,
    at: one.at,
    state: one.answer.status === "taken" ? "Parley has it" : `left out: ${one.answer.reason}`,
  }));
}

function whoSaid(item) {
  if (item.kind === "note" || item.kind === "change" || item.kind === "consent") return item.kind;
  return item.direction === "inbound" ? person.name.split(" ")[0] : "The business";
}

function itemRow(item, fresh) {
  const channel = item.kind === "sms" || item.kind === "activity" ? item.channel : "other";
  const styled = cards.has(channel) ? channel : "other";
  const row = element("li", `item ${styled}${item.direction === "inbound" ? "" : " ours"}${fresh ? " fresh" : ""}`);
  const mark = element("span", "mark");
  mark.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#${styled}"/></svg>`;
  const head = element("div", "head");
  const time = element("time", "", clock(item.at));
  time.dateTime = item.at;
  head.append(element("b", "", CHANNELS[channel] ?? item.channel), whoSaid(item), time);
  const body = element("div");
  body.append(head, element("p", "what-said", item.summary));
  row.append(mark, body);
  return row;
}

function drawTimeline(items) {
  const first = known.size === 0;
  const signature = items.map((item) => item.id + item.summary).join();
  if (byId("timeline").dataset.signature === signature) return;
  byId("timeline").dataset.signature = signature;
  byId("timeline").replaceChildren(...items.map((item) => itemRow(item, !first && !known.has(item.id))));
  byId("nothing").hidden = items.length > 0;
  known = new Set(items.map((item) => item.id));
}

// ---- live

async function followTexts(signal) {
  let after = null;
  while (!signal.aborted) {
    try {
      const numbers = (await call("GET", "/numbers", undefined, signal)).items;
      business = numbers[0]?.number ?? "";
      byId("to").textContent = business ? `to ${pretty(business)}` : "no number yet";
      const query = new URLSearchParams({ number: person.phone_number, wait: business ? WAIT_SECONDS : 2 });
      if (after !== null) query.set("after", after);
      const answer = await call("GET", `/phone?${query}`, undefined, signal);
      after = answer.version;
      drawSaid("sms", textRows(answer.messages));
    } catch {
      if (signal.aborted) return;
      after = null;
      await pause(1500);
    }
  }
}

async function followParley(signal) {
  while (!signal.aborted) {
    try {
      const view = await call("GET", `/neighbours?${new URLSearchParams(person)}`, undefined, signal);
      if (signal.aborted) return;
      for (const channel of ["chat", "email"]) drawSaid(channel, neighbourRows(view.said, channel));
      drawTimeline(view.timeline);
      alive("");
    } catch (error) {
      if (signal.aborted) return;
      alive(error.message);
    }
    await pause(document.hidden ? 5 * LOOK_MILLISECONDS : LOOK_MILLISECONDS);
  }
}

function alive(trouble) {
  byId("live").classList.toggle("away", Boolean(trouble));
  byId("live").textContent = trouble ? "not live" : "live";
  byId("live").title = trouble;
  if (trouble && !known.size) byId("nothing").textContent = trouble;
}

// ---- the page

function show(channel) {
  for (const [name, card] of cards) card.classList.toggle("shown", name === channel);
  for (const tab of document.querySelectorAll(".tabs button")) tab.setAttribute("aria-pressed", String(tab.dataset.shows === channel));
}

function start() {
  for (const [channel, card] of cards) {
    const form = card.querySelector("form");
    form.addEventListener("submit", (event) => { event.preventDefault(); submit(form, channel); });
    form.elements.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || channel === "email") return;
      event.preventDefault();
      form.requestSubmit();
    });
    const first = STORY.find((one) => one.channel === channel);
    const idea = card.querySelector(".idea");
    idea.textContent = first.text;
    idea.addEventListener("click", () => send(first).catch((error) => notice(`Not sent: ${error.message}`)));
  }
  for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => show(tab.dataset.shows));
  byId("play").addEventListener("click", play);
  byId("next").addEventListener("click", () => be(keptIndex() + 1));
  show("sms");
  be(keptIndex());
}

start();
