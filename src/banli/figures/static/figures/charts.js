// Draws each [data-chart] from the page's own figures; the table beside it says the same, and is what is read aloud.

const told = JSON.parse(document.getElementById("figures-charts").textContent);
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const tones = {
  course: ["--jade", "--ink-3"],
  volumes: ["--jade", "--ink-3"],
  steps: ["--jade", "--ink-3"],
  clocks: ["--jade", "--amber", "--red"],
};
const judged = ["--jade", "--amber", "--red", "--ink-3"];
const ROW = 26; // pixels of a category that lies sideways: each has its name
const stacked = new Set(["clocks", "judged", "callers", "monthly"]);

function options(name, { names, series }, sideways) {
  const words = { type: "category", data: names, axisTick: { show: false }, axisLabel: { color: colour("--ink-2") } };
  const counts = { type: "value", minInterval: 1, axisLabel: { color: colour("--ink-2") } };
  if (sideways) Object.assign(words, { inverse: true, axisLabel: { color: colour("--ink-2"), interval: 0, width: 150, overflow: "truncate" } });
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    color: (tones[name] ?? judged).map(colour),
    legend: { top: 0, textStyle: { color: colour("--ink") } },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: sideways ? counts : words,
    yAxis: sideways ? words : counts,
    series: series.map((one) => ({
      name: one.name,
      type: name === "course" && names.length > 14 ? "line" : "bar",
      stack: stacked.has(name) || name.startsWith("classes") ? "all" : undefined,
      symbol: "none",
      barMaxWidth: 22,
      data: one.values,
    })),
  };
}

for (const place of document.querySelectorAll("[data-chart]")) {
  const name = place.dataset.chart;
  const sideways = place.hasAttribute("data-sideways");
  const needs = told[name].names.length * ROW + 60;
  if (sideways && place.offsetHeight < needs) place.style.height = `${needs}px`;
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(name, told[name], sideways));
  new ResizeObserver(() => chart.resize()).observe(place);
}
