// The parts of the page without a network, cut out of the templates that the house has written into it.

const part = (name) => document.querySelector(`template[data-part="${name}"]`).content.cloneNode(true);

/** A verdict with its goods or its facts, and what may be done on it. `age`: how old the list is, where that matters. */
export function drawVerdict(verdict, age) {
  const drawn = [head(verdict.tone, verdict.word, verdict.sentence, verdict.number)];
  if (age) drawn.push(filled("old", { age }));
  const { entry, acts } = verdict, act = acts[0];
  if (act && entry?.goods) drawn.push(goods(entry));
  if (entry?.facts && (act || verdict.tone === "jade")) drawn.push(facts(entry.facts));
  if (entry?.face && act) drawn.push(part("face"));
  if (act === "way") drawn.push(filled("way", { what: verdict.way[1] }));
  if (act === "person") drawn.push(part("person"));
  if (acts.length > 1) drawn.push(part("unlisted"));
  if (entry?.goods && act) drawn.push(part("mismatch"));
  else if (act && (act !== "way" || verdict.comingIn)) drawn.push(part("refusal"));
  return [...drawn, part("again")];
}

/** What was recorded. */
export function drawDone(record) {
  const drawn = part(record.did === "passed" ? "passed" : "stopped");
  drawn.querySelector(".gate-number").textContent = record.number;
  return [drawn, part("again")];
}

/** Several whom the words may mean. */
export function drawChoices(passes) {
  const drawn = part("choices"), row = drawn.querySelector("[data-choice]");
  row.replaceWith(...passes.map((one) => {
    const made = row.cloneNode(true);
    made.dataset.choice = one.id;
    made.querySelector(".item-title").textContent = [one.name, one.number].filter(Boolean).join(" · ");
    made.querySelector(".item-meta").textContent = one.plate ?? "";
    return made;
  }));
  return [drawn, part("again")];
}

function head(tone, word, sentence, number) {
  const drawn = part(`verdict-${tone}`);
  drawn.querySelector(".verdict-title").textContent = word;
  drawn.querySelector(".verdict-sentence").textContent = sentence;
  drawn.querySelector(".gate-number").textContent = number;
  return drawn;
}

function goods(entry) {
  const drawn = part("goods"), row = drawn.querySelector(".goods-row"), legend = drawn.querySelector(".goods-legend");
  legend.textContent = legend.textContent.replace("{n}", entry.goods.length);
  row.replaceWith(...entry.goods.map(([name, count, remark, mark], place) => {
    const made = row.cloneNode(true), put = (selector, text) => {
      const element = made.querySelector(selector);
      if (text) element.textContent = text; else element.remove();
    };
    made.querySelector("input").value = place;
    put(".tag", mark);
    put(".goods-remark", remark);
    put(".goods-count", count && `×${count}`);
    made.querySelector(".goods-name").firstChild.textContent = name;
    return made;
  }));
  return drawn;
}

function facts(told) {
  const drawn = part("facts"), row = drawn.querySelector(".fact");
  row.replaceWith(...told.map(([label, value]) => {
    const made = row.cloneNode(true);
    made.querySelector("dt").textContent = label;
    made.querySelector("dd").textContent = value;
    return made;
  }));
  return drawn;
}

function filled(name, values) {
  const drawn = part(name), walk = document.createTreeWalker(drawn, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  return drawn;
}
