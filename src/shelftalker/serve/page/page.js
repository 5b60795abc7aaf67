// The chat: ask, show the draft as it is written, replace it by the checked answer.
import { choices, element, flags, markSpans, sourceCard } from "./answers.js";
import { evaluationTable, lossPlot } from "./run.js";
import { words } from "./words.js";

const $ = (id) => document.getElementById(id);
const KEY = "shelftalker-api-key";
let language = (localStorage.getItem("shelftalker-language") ?? navigator.language ?? "en").startsWith("pt") ? "pt" : "en";
let run = null;
let stopping = null;
const said = { tuned: [], base: [] }; // the turns of each system, the oldest first
const TURNS = 12;

const word = () => words[language];

function speak() {
  document.documentElement.lang = language === "pt" ? "pt-BR" : "en";
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = word()[place.dataset.word];
  for (const code of ["en", "pt"]) $(`language-${code}`).setAttribute("aria-pressed", String(code === language));
  if (run) {
    $("about").textContent = word().about(run.name, run.products);
    $("run-body").replaceChildren(
      element("h3", { text: word().loss }),
      lossPlot(run.loss, word()),
      element("h3", { text: word().evaluation }),
      evaluationTable(run.evaluation, word()),
    );
  }
}

async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...(options.headers ?? {}), ...(key ? { Authorization: `Bearer ${key}` } : {}) };
    const response = await fetch(path, { ...options, headers });
    if (response.status !== 401) return response;
    $("key").showModal();
    await new Promise((done) => $("key").addEventListener("close", done, { once: true }));
    sessionStorage.setItem(KEY, $("key-text").value);
  }
}

async function failure(response) {
  if (response.status === 429) return word().busy(response.headers.get("Retry-After") ?? "5");
  const document = await response.json().catch(() => null);
  return word().failed(document?.error?.message ?? response.statusText);
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    waiting += value;
    const whole = waiting.split("\n\n");
    waiting = whole.pop();
    for (const event of whole) {
      const name = /^event: (.*)$/m.exec(event)[1];
      yield { name, data: JSON.parse(/^data: (.*)$/m.exec(event)[1]) };
    }
  }
}

async function show(answer, card) {
  const text = element("p", { class: "answer" });
  text.append(...markSpans(answer.answer, answer.unsupported, "unsupported"));
  card.replaceChildren(card.firstElementChild, text, flags(answer, word()));
  if (answer.ambiguous) {
    card.append(
      choices(word().choose, answer.nearest, (n) => word().pick(n.title, n.uid), (n) => ask(answer.question, n.uid)),
    );
  } else if (answer.refused && answer.nearest.length) {
    card.append(
      choices(word().nearest, answer.nearest, (n) => n.title, (n) => ask(word().askAbout(n.title), n.uid)),
    );
  }
  if (answer.sources.length && !answer.ambiguous) {
    const cards = await Promise.all(
      answer.sources.map(async (source) => {
        const response = await call(`/records/${encodeURIComponent(source.uid)}`);
        return sourceCard(source, response.ok ? (await response.json()).content : "", word());
      }),
    );
    card.append(element("div", { class: "sources" }, element("h3", { text: word().sources }), ...cards));
  }
}

async function answerBy(system, question, uid, card) {
  const body = {
    question,
    system,
    mode: document.querySelector("[name=mode]:checked").value,
    temperature: Number($("temperature").value) || 0,
    stream: true,
    ...(uid ? { uid } : {}),
    history: said[system].slice(-TURNS),
  };
  const draft = element("p", { class: "answer draft" });
  card.append(draft, element("p", { class: "flags" }, element("span", { class: "flag plain", text: word().draft })));
  try {
    const response = await call("/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: stopping.signal,
    });
    if (!response.ok) throw new Error(await failure(response));
    for await (const { name, data } of events(response)) {
      if (name === "draft") draft.append(data.text);
      if (name === "answer") {
        said[system].push({ role: "user", content: question }, { role: "assistant", content: data.answer });
        await show(data, card);
      }
      if (name === "error") throw new Error(word().failed(data.error.message));
    }
  } catch (error) {
    const why = error.name === "AbortError" ? word().stopped : error.message;
    card.replaceChildren(card.firstElementChild, element("p", { class: "answer failed", text: why }));
  }
}

async function ask(question, uid) {
  if (stopping) return;
  stopping = new AbortController();
  $("send").disabled = true;
  $("stop").hidden = false;
  $("welcome")?.remove();
  const systems = $("beside").checked ? ["tuned", "base"] : ["tuned"];
  const cards = systems.map((system) =>
    element("section", { class: "card", "data-system": system }, element("h3", { text: word()[system] })),
  );
  $("talk").append(
    element("div", { class: "turn" }, element("p", { class: "asked" }, element("b", { text: word().you }), ` ${question}`),
      element("div", { class: "cards" }, ...cards)),
  );
  $("talk").lastElementChild.scrollIntoView({ block: "start" });
  try {
    for (const [i, system] of systems.entries()) await answerBy(system, question, uid, cards[i]);
  } finally {
    stopping = null;
    $("send").disabled = false;
    $("stop").hidden = true;
    $("question").focus();
  }
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (!question || stopping) return;
  $("question").value = "";
  ask(question);
});
$("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("form").requestSubmit();
  }
});
$("stop").addEventListener("click", () => stopping?.abort());
for (const code of ["en", "pt"]) {
  $(`language-${code}`).addEventListener("click", () => {
    language = code;
    localStorage.setItem("shelftalker-language", code);
    speak();
  });
}

speak();
const response = await call("/run");
if (response.ok) {
  run = await response.json();
  speak();
}
