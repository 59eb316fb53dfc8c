// What the page says by itself, in the reader's language: the server writes the sentences into #sentences.

export function say(name, values = {}) {
  const text = document.getElementById("sentences")?.dataset[camel(name)] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

function camel(name) {
  return name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}
