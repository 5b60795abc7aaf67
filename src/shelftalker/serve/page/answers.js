// From an answer to what is seen of it. Text goes in as text nodes only: a record may hold markup.

export function element(name, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== undefined && value !== false) made.setAttribute(key, value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...children.filter(Boolean));
  return made;
}

// Offsets arrive in characters as Python counts them (code points), JavaScript counts UTF-16 units.
export function markSpans(text, spans, kind) {
  const points = Array.from(text);
  const parts = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start < at) continue;
    parts.push(points.slice(at, span.start).join(""));
    parts.push(element("mark", { class: kind, title: span.reason, text: points.slice(span.start, span.end).join("") }));
    at = span.end;
  }
  parts.push(points.slice(at).join(""));
  return parts.filter((part) => part !== "");
}

export function quoteSpans(content, quotes) {
  const spans = [];
  for (const quote of quotes) {
    const found = content.indexOf(quote);
    if (quote && found >= 0) {
      const start = Array.from(content.slice(0, found)).length;
      spans.push({ start, end: start + Array.from(quote).length, reason: "" });
    }
  }
  return spans;
}

export function flags(answer, word) {
  const list = [];
  if (answer.refused) list.push(["refused", answer.sources.length ? word.unanswerable : word.refused]);
  if (answer.ambiguous) list.push(["ambiguous", word.ambiguous]);
  if (answer.unsupported.length) list.push(["unsupported", word.unsupported(answer.unsupported.length)]);
  if (answer.grounded && !answer.refused && !answer.ambiguous) list.push(["grounded", word.grounded]);
  if (answer.written_by === "record") list.push(["plain", word.record]);
  list.push(["plain", word.seconds(answer.seconds)]);
  return element("p", { class: "flags" }, ...list.map(([kind, text]) => element("span", { class: `flag ${kind}`, text })));
}

export function sourceCard(source, content, word) {
  const body = element("p", { class: "content" });
  body.append(...markSpans(content, quoteSpans(content, source.quotes), "quote"));
  return element(
    "article",
    { class: "source", "data-uid": source.uid },
    element("h4", { text: source.title }),
    element("p", { class: "quiet", text: `${source.uid} · ${word.line(source.file, source.line)}` }),
    content ? body : null,
  );
}

export function choices(title, list, label, onChoose) {
  const buttons = list.map((entry) => {
    const button = element("button", { type: "button", "data-uid": entry.uid, text: label(entry) });
    button.addEventListener("click", () => onChoose(entry));
    return element("li", {}, button);
  });
  return element("div", { class: "choices" }, element("h4", { text: title }), element("ul", {}, ...buttons));
}
