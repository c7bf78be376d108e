// The customer's phone: sends texts through the sandbox's control API and shows, live, what comes back.

import { CONTROL, call, pretty } from "./control.js";

const KEEP = "parley-sandbox-phones";
const FIRST_CUSTOMER = 13125550101;
const WAIT_SECONDS = 15;

const phones = [];
let numbers = [];
let polling = null;

const page = (id) => document.getElementById(id);

function notice(text, code) {
  const box = page("notice");
  box.hidden = !text;
  box.textContent = text || "";
  if (text && code) {
    const shown = document.createElement("code");
    shown.textContent = ` ${code}`;
    box.append(shown);
  }
}

const plain = (number) => number.replace(/[\s().-]/g, "");
const isNumber = (number) => /^\+[1-9]\d{6,14}$/.test(number);

// The carrier's own rule: a number it does not send to would be answered, and the answer would never come.
async function whyNoCustomer(number) {
  try {
    await call("GET", `/customers/${encodeURIComponent(number)}`);
    return "";
  } catch (error) {
    return error.message;
  }
}

// ---- pictures

// A phone makes a picture small enough for the carrier before it sends it.
const MOST_BYTES = 1_000_000;
const LONGEST_SIDE = 1600;

async function small(file) {
  if (file.size <= MOST_BYTES) return file;
  if (!file.type.startsWith("image/")) throw new Error("A carrier delivers at most 1 MB; choose a smaller file.");
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return toJpeg(canvas);
}

const toJpeg = (canvas) => new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));

async function keepAtCarrier(file) {
  const answer = await fetch(`${CONTROL}/media`, { method: "POST", headers: { "content-type": file.type || "application/octet-stream" }, body: file });
  const kept = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(kept.detail ?? `the sandbox answered ${answer.status}`);
  return { url: kept.url, content_type: kept.content_type, size: kept.size };
}

// Drawn here, so that there is a picture to send without looking for one.
function sampleCake() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const draw = canvas.getContext("2d");
  const box = (colour, x, y, width, height, round) => {
    draw.fillStyle = colour;
    draw.beginPath();
    draw.roundRect(x, y, width, height, round);
    draw.fill();
  };
  box("#f6efe4", 0, 0, 640, 480, 0);
  box("#d9cdb8", 90, 396, 460, 22, 11);
  box("#8a4b2f", 150, 250, 340, 150, 18);
  box("#f3c7d3", 150, 238, 340, 56, 24);
  for (const [n, x] of [190, 260, 330, 400].entries()) box("#f3c7d3", x, 270, 34, 44 + 14 * (n % 2), 17);
  box("#6f3a24", 215, 150, 210, 96, 16);
  box("#fff6ea", 215, 140, 210, 40, 18);
  for (const x of [250, 316, 382]) {
    box("#5f9ea0", x, 84, 10, 58, 5);
    box("#f2a33a", x - 2, 62, 14, 22, 7);
  }
  return toJpeg(canvas);
}

// ---- one phone

class Phone {
  constructor(customer, business) {
    this.customer = customer;
    this.business = business;
    this.shown = new Map();
    this.unsent = [];
    this.picture = null;
    this.root = page("phone").content.firstElementChild.cloneNode(true);
    this.part = (name) => this.root.querySelector(`.${name}`);
    this.part("customer").value = pretty(customer);
    this.listen();
    page("phones").append(this.root);
    const toEnd = () => { const thread = this.part("thread"); thread.scrollTop = thread.scrollHeight; };
    new ResizeObserver(toEnd).observe(this.part("thread"));
  }

  listen() {
    this.part("customer").addEventListener("change", () => this.changeCustomer());
    this.part("business").addEventListener("change", (event) => this.changeBusiness(event.target.value));
    this.part("close").addEventListener("click", () => remove(this));
    this.part("write").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(this.part("text").value, this.picture);
    });
    this.part("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.part("write").requestSubmit();
      }
    });
    this.part("write").addEventListener("input", () => this.enable());
    this.part("attach").addEventListener("click", () => this.part("file").click());
    this.part("file").addEventListener("change", () => this.choose(this.part("file").files[0]));
    this.part("drop").addEventListener("click", () => this.choose(null));
    this.part("sample").addEventListener("click", async () => this.send("Can you make this one?", await sampleCake()));
    for (const button of this.root.querySelectorAll(".keyword, .idea")) {
      button.addEventListener("click", () => this.send(button.textContent, null));
    }
  }

  async changeCustomer() {
    const field = this.part("customer");
    const number = plain(field.value);
    const wrong = await whyNoCustomer(number);
    field.setAttribute("aria-invalid", String(Boolean(wrong)));
    this.complain(wrong);
    if (wrong) return;
    this.customer = number;
    field.value = pretty(number);
    this.startOver();
  }

  changeBusiness(number) {
    this.business = number;
    this.startOver();
  }

  startOver() {
    this.shown.clear();
    this.unsent = [];
    this.part("messages").replaceChildren();
    keep();
    restart();
  }

  async choose(file) {
    this.part("file").value = "";
    this.complain("");
    try {
      this.picture = file ? await small(file) : null;
    } catch (error) {
      this.picture = null;
      this.complain(error.message);
    }
    const preview = this.part("preview");
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.hidden = !this.picture?.type.startsWith("image/");
    if (preview.hidden) preview.removeAttribute("src");
    else preview.src = URL.createObjectURL(this.picture);
    this.part("added").hidden = !this.picture;
    this.part("name").textContent = this.picture ? `${file.name} · ${Math.max(1, Math.round(this.picture.size / 1000))} kB` : "";
    this.enable();
  }

  offerNumbers() {
    const list = this.part("business");
    if (!numbers.some((one) => one.number === this.business)) this.business = numbers[0]?.number ?? "";
    const options = numbers.map(({ number }) => new Option(pretty(number), number, false, number === this.business));
    list.replaceChildren(...(options.length ? options : [new Option("none registered yet", "")]));
    this.enable();
  }

  enable() {
    const ready = Boolean(this.business);
    const empty = !this.part("text").value.trim() && !this.picture;
    this.part("send").disabled = !ready || empty;
    for (const button of this.root.querySelectorAll(".keyword, .idea, .sample")) button.disabled = !ready;
  }

  complain(text) {
    const box = this.part("wrong");
    box.hidden = !text;
    box.textContent = text;
  }

  async send(text, picture) {
    if (!this.business || (!text.trim() && !picture)) return;
    let media = [];
    try {
      if (picture) media = [await keepAtCarrier(picture)];
    } catch (error) {
      return this.complain(`Not sent: ${error.message}`);
    }
    const id = crypto.randomUUID ? crypto.randomUUID() : `phone-${Date.now()}-${Math.random().toString(16).slice(2)}`;
    const body = { id, from: this.customer, to: this.business, text, media };
    this.clearField(text);
    this.complain("");
    this.unsent.push({ ...body, direction: "inbound", at: new Date().toISOString(), media });
    this.draw([]);
    try {
      await call("POST", "/inbound", body);
    } catch (error) {
      this.unsent = this.unsent.filter((message) => message.id !== id);
      this.shown.get(id)?.remove();
      this.shown.delete(id);
      if (!this.part("text").value) this.part("text").value = text;
      this.complain(`Not sent: ${error.message}`);
      this.enable();
    }
  }

  clearField(text) {
    if (this.part("text").value === text) this.part("text").value = "";
    this.choose(null);
  }

  draw(messages, fresh = true) {
    const thread = this.part("thread");
    const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
    const here = messages.filter((message) => this.isOurs(message));
    const known = new Set(here.map((message) => message.id));
    this.unsent = this.unsent.filter((message) => !known.has(message.id));
    let added = false;
    for (const message of [...here, ...this.unsent]) added = this.place(message, fresh) || added;
    this.part("empty").hidden = this.shown.size > 0;
    const mine = added && this.unsent.length > 0;
    if (!(atEnd || mine || !fresh)) return;
    const toEnd = () => { thread.scrollTop = thread.scrollHeight; };
    toEnd();
    for (const image of thread.querySelectorAll("img")) if (!image.complete) image.addEventListener("load", toEnd, { once: true });
  }

  isOurs(message) {
    const [customer, business] = message.direction === "inbound" ? [message.from, message.to] : [message.to, message.from];
    return customer === this.customer && business === this.business;
  }

  place(message, fresh) {
    const before = this.shown.get(message.id);
    if (before?.dataset.version === String(message.version ?? 0)) return false;
    const row = messageRow(message);
    if (before) {
      before.replaceWith(row);
    } else {
      row.classList.toggle("fresh", fresh);
      this.newDay(message);
      this.part("messages").append(row);
    }
    this.shown.set(message.id, row);
    return !before;
  }

  newDay(message) {
    const day = new Date(message.at).toDateString();
    if (day === this.day && this.shown.size) return;
    this.day = day;
    const row = document.createElement("li");
    row.className = "day";
    row.textContent = day === new Date().toDateString() ? "Today" : new Date(message.at).toLocaleDateString();
    this.part("messages").append(row);
  }
}

// ---- one message

function messageRow(message) {
  const row = document.createElement("li");
  row.className = `message ${message.direction === "inbound" ? "mine" : "theirs"}`;
  row.dataset.version = String(message.version ?? 0);
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  for (const item of message.media ?? []) bubble.append(picture(item.url, item.content_type ?? ""));
  bubble.append(message.text ?? "");
  row.append(bubble, stateLine(message));
  return row;
}

function picture(url, type) {
  const link = document.createElement("a");
  link.textContent = type && !type.startsWith("image/") ? `Open the file (${type})` : url;
  if (!/^https?:\/\//.test(url)) return link;
  link.href = url;
  link.target = "_blank";
  link.rel = "noreferrer";
  if (type && !type.startsWith("image/")) return link;
  const image = new Image();
  image.src = url;
  image.alt = "Picture";
  image.addEventListener("error", () => image.replaceWith(link));
  return image;
}

const INBOUND = {
  undefined: ["sending…", ""],
  pending: ["on its way to Parley…", ""],
  delivered: ["Parley has it", "good"],
  held: ["held back by a fault", "bad"],
  dropped: ["lost by a fault", "bad"],
  given_up: ["Parley did not take it", "bad"],
};
const OUTBOUND = {
  queued: ["queued", ""],
  sent: ["sent", ""],
  delivered: ["delivered", "good"],
  delivery_failed: ["not delivered", "bad"],
  sending_failed: ["could not be sent", "bad"],
  delivery_unconfirmed: ["delivery unknown", "bad"],
};

function stateLine(message) {
  const line = document.createElement("div");
  line.className = "state";
  const at = new Date(message.at);
  const words = [at.toLocaleTimeString()];
  if (message.parts) words.push(`${message.parts} ${message.parts === 1 ? "part" : "parts"}${message.encoding === "UCS-2" ? " UCS-2" : ""}`);
  if (message.automatic) words.push("from the carrier");
  line.append(`${words.join(" · ")} · `);
  line.title = at.toISOString();
  const [text, kind] = message.direction === "inbound" ? INBOUND[message.reached] ?? ["", ""] : OUTBOUND[message.status] ?? [message.status, ""];
  const state = document.createElement("span");
  state.className = kind;
  state.textContent = message.error ? `${text}: ${message.error}` : text + took(message);
  line.append(state);
  return line;
}

function took(message) {
  if (message.direction !== "outbound" || message.automatic || message.status !== "delivered") return "";
  const seconds = (new Date(message.completed_at) - new Date(message.at)) / 1000;
  return ` in ${seconds.toFixed(1)} s`;
}

// ---- all phones

function keep() {
  const kept = phones.map(({ customer, business }) => ({ customer, business }));
  try { localStorage.setItem(KEEP, JSON.stringify(kept)); } catch { /* private mode: nothing is kept */ }
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEEP) ?? "[]").filter((one) => isNumber(one.customer ?? ""));
    if (found.length) return found;
  } catch { /* unreadable: begin anew */ }
  return [{ customer: `+${FIRST_CUSTOMER}`, business: "" }];
}

function add(customer, business) {
  const phone = new Phone(customer, business);
  phones.push(phone);
  phone.offerNumbers();
  return phone;
}

function addNext() {
  const taken = new Set(phones.map((phone) => phone.customer));
  let next = FIRST_CUSTOMER;
  while (taken.has(`+${next}`)) next += 1;
  const phone = add(`+${next}`, phones.at(-1)?.business ?? "");
  keep();
  restart();
  phone.root.scrollIntoView({ inline: "center" });
  phone.part("text").focus();
}

function remove(phone) {
  if (phones.length === 1) return;
  phones.splice(phones.indexOf(phone), 1);
  phone.root.remove();
  keep();
  restart();
}

async function readNumbers() {
  const found = (await call("GET", "/numbers")).items;
  const changed = JSON.stringify(found) !== JSON.stringify(numbers);
  numbers = found;
  if (changed) for (const phone of phones) phone.offerNumbers();
  if (found.length) notice("");
  else notice("No business number is registered at the pretend carrier yet. This page goes on by itself once there is one:", `PUT ${CONTROL}/numbers/+17735550002 {"api_key": "KEY_demo"}`);
  return changed;
}

function restart() {
  polling?.abort();
  polling = new AbortController();
  follow(polling.signal);
}

async function follow(signal) {
  let after = null;
  while (!signal.aborted) {
    try {
      await readNumbers();
      const query = new URLSearchParams(phones.map((phone) => ["number", phone.customer]));
      if (after !== null) query.set("after", after);
      query.set("wait", numbers.length ? WAIT_SECONDS : 2);
      const answer = await call("GET", `/phone?${query}`, undefined, signal);
      if (signal.aborted) return;
      show(answer, after);
      after = answer.version;
    } catch (error) {
      if (signal.aborted) return;
      notice(`The sandbox does not answer (${error.message}); trying again…`);
      after = null;
      await new Promise((resume) => setTimeout(resume, 1500));
    }
  }
}

function show(answer, after) {
  const ids = new Set(answer.messages.map((message) => message.id));
  for (const phone of phones) {
    const gone = [...phone.shown.keys()].some((id) => !ids.has(id) && !phone.unsent.some((message) => message.id === id));
    if (gone) {  // the sandbox was reset
      phone.shown.clear();
      phone.part("messages").replaceChildren();
    }
    phone.draw(answer.messages, after !== null);
  }
}

async function start() {
  for (const { customer, business } of kept()) {
    const phone = add(customer, business);
    whyNoCustomer(customer).then((wrong) => phone.complain(wrong));
  }
  page("add").addEventListener("click", addNext);
  restart();
  try {
    const summary = await call("GET", "/summary");
    if (/^https?:\/\//.test(summary.public_url)) page("dashboard").href = summary.public_url;
  } catch { /* follow() already says so */ }
  if (matchMedia("(min-width: 641px)").matches) phones[0].part("text").focus();
}

start();
