"use strict";

// Fetches the totals once a second, computes rates and draws the last two minutes. Times are in ms.

const WINDOW = 120_000;
const INTERVAL = 1000;
const FETCH_TIMEOUT = 5000;
/** Over one second, a few lookups would make the ratio jump, and none would leave a gap. */
const SMOOTHING = 10_000;
/** Margins of a chart in pixels; the left one has room for the axis labels. */
const LEFT = 60;
const RIGHT = 4;
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

const charts = [
  {
    figure: byId("requests"),
    axis: (value) => number(value),
    series: [
      { name: "admitted", of: (sample) => sample.admitted, text: (value) => `${number(value)}/s` },
      { name: "refused", of: (sample) => sample.refused, text: (value) => `${number(value)}/s` },
    ],
  },
  {
    figure: byId("ratio"),
    top: 1,
    axis: percent,
    series: [{ name: "over 10 s", of: (sample) => sample.ratio, text: percent }],
  },
  {
    figure: byId("latency"),
    axis: millis,
    series: [
      { name: "average over 10 s", of: (sample) => sample.average, text: millis },
      { name: "highest in a minute", of: (sample) => sample.highest, text: millis },
    ],
  },
];

/** The samples drawn, {time, …}, oldest first. A sample without values is a gap. */
let samples = [];
/** The totals from which the next rates are computed; null after a gap. */
let previous = null;
let recent = [];
let paused = false;
let unreachableSince = null;
/** How many seconds back the pointer is; null if it is not over a chart. Overrides the slider. */
let pointed = null;
let describedAt = 0;

function number(value) {
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function percent(value) {
  return `${Math.round(value * 100)} %`;
}

function millis(value) {
  return value >= 1000 ? `${number(value / 1000)} s` : `${number(value)} ms`;
}

function duration(seconds) {
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** Fetches in an endless loop, one request at a time, and none while the page is paused. */
async function poll() {
  try {
    if (!paused) {
      const totals = await fetchTotals();
      // The page may have been paused during the request.
      if (!paused) {
        if (totals === null) {
          showUnreachable();
        } else {
          add(totals);
        }
      }
    }
  } finally {
    setTimeout(poll, INTERVAL);
  }
}

/** Returns the totals, or null if the request failed. */
async function fetchTotals() {
  try {
    const response = await fetch("status/data", { signal: AbortSignal.timeout(FETCH_TIMEOUT) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function add(totals) {
  const now = Date.now();
  if (previous !== null && previous.totals.started !== totals.started) {
    addGap(now);
  }
  if (previous !== null) {
    samples.push(sampleBetween(previous, { time: now, totals }));
  }
  previous = { time: now, totals };
  recent.push(previous);
  recent = recent.filter(({ time }) => time >= now - SMOOTHING);
  unreachableSince = null;
  showState("live", "Live");
  showTotals(totals);
  draw();
}

function showUnreachable() {
  const now = Date.now();
  if (unreachableSince === null) {
    unreachableSince = now;
    addGap(now);
  }
  const clock = new Date(unreachableSince).toLocaleTimeString();
  showState("unreachable", `The demo has not responded since ${clock}; retrying every second`);
  draw();
}

/** Interrupts the lines: they must not cross a time without values. */
function addGap(now) {
  samples.push({ time: now });
  previous = null;
  recent = [];
}

function sampleBetween(from, to) {
  const seconds = to.totals.uptimeSeconds - from.totals.uptimeSeconds;
  const rate = (get) => (seconds > 0 ? (get(to.totals) - get(from.totals)) / seconds : undefined);
  const oldest = (recent[0] ?? from).totals;
  const since = (get) => get(to.totals) - get(oldest);
  const hits = since(({ cache }) => cache.hits);
  const count = since(({ introspections }) => introspections.count);
  return {
    time: to.time,
    admitted: rate(({ requests }) => requests.admitted),
    refused: rate(({ requests }) => requests.refused),
    ratio: ratio(hits, hits + since(({ cache }) => cache.misses)),
    average: ratio(since(({ introspections }) => introspections.millis), count),
    highest: to.totals.introspections.maxMillis || undefined,
  };
}

function ratio(part, whole) {
  return whole > 0 ? part / whole : undefined;
}

/** Changes the text only if it differs, because screen readers announce each change. */
function showState(state, text) {
  document.body.className = state;
  if (byId("connection").textContent !== text) {
    byId("connection").textContent = text;
    document.title = state === "live" ? "Gatehouse demo: status" : `${text} – Gatehouse demo`;
  }
}

function showTotals({ requests, cache, introspections, breakers, uptimeSeconds }) {
  byId("admitted").textContent = number(requests.admitted);
  byId("refused").textContent = number(requests.refused);
  byId("introspections").textContent = number(introspections.count);
  byId("cached").textContent = number(cache.size);
  byId("uptime").textContent = duration(uptimeSeconds);
  rows(byId("reasons"), counts(requests.refusedBecause), "None so far");
  rows(byId("outcomes"), counts(introspections.outcomes), "None so far");
  rows(byId("breakers"), Object.entries(breakers), "None yet");
}

function counts(byName) {
  return Object.entries(byName)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => [name, number(count)]);
}

function rows(body, entries, none) {
  const shown = entries.length > 0 ? entries : [[none, ""]];
  body.replaceChildren(
    ...shown.map(([name, value]) => {
      const row = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
      const cell = Object.assign(document.createElement("td"), { textContent: value });
      cell.dataset.value = value;
      row.append(head, cell);
      return row;
    }),
  );
}

function draw() {
  const end = endTime();
  samples = samples.filter(({ time }) => time >= end - WINDOW);
  const back = pointed ?? -Number(byId("back").value);
  for (const chart of charts) {
    drawChart(chart, end, back);
    showReadings(chart, sampleAt(end - back * 1000));
  }
  // Update the text alternatives only every five seconds, so that screen readers can finish them.
  if (Date.now() - describedAt >= 5000) {
    describedAt = Date.now();
    for (const chart of charts) {
      chart.figure.querySelector("svg").setAttribute("aria-label", describe(chart));
    }
  }
}

function endTime() {
  return samples.length > 0 && paused ? samples[samples.length - 1].time : Date.now();
}

/** Returns the sample nearest to a time, or an empty one if none is near. */
function sampleAt(time) {
  const away = (sample) => Math.abs(sample.time - time);
  const nearest = samples.reduce(
    (best, sample) => (best === null || away(sample) <= away(best) ? sample : best),
    null,
  );
  return nearest !== null && away(nearest) <= 2 * INTERVAL ? nearest : {};
}

function readings(chart, sample) {
  return chart.series.map(({ name, of, text }) => {
    const value = of(sample);
    return `${name}: ${value === undefined ? "–" : text(value)}`;
  });
}

function showReadings(chart, sample) {
  chart.figure.querySelector(".reading").replaceChildren(
    ...readings(chart, sample).map((text, index) => {
      const span = document.createElement("span");
      span.className = index === 0 ? "first" : "second";
      span.textContent = text;
      return span;
    }),
  );
}

function describe(chart) {
  const parts = chart.series.map(({ name, of, text }) => {
    const values = samples.map(of).filter((value) => value !== undefined);
    if (values.length === 0) {
      return `${name}: no values in the last two minutes.`;
    }
    const last = values[values.length - 1];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${name}: last ${text(last)}, from ${text(low)} to ${text(high)} in the last two minutes.`;
  });
  return parts.join(" ");
}

function drawChart(chart, end, back) {
  const svg = chart.figure.querySelector("svg");
  const [width, height] = [svg.clientWidth, svg.clientHeight];
  const [bottom, above] = [22, 8];
  const values = samples.flatMap((sample) => chart.series.map(({ of }) => of(sample) ?? 0));
  const top = chart.top ?? niceTop(Math.max(...values, 0));
  const x = (time) => LEFT + ((time - end + WINDOW) / WINDOW) * (width - LEFT - RIGHT);
  const y = (value) => above + (1 - value / top) * (height - bottom - above);
  const parts = [];
  for (const value of [0, top / 2, top]) {
    parts.push(element("line", { x1: LEFT, x2: width, y1: y(value), y2: y(value) }));
    parts.push(label(chart.axis(value), LEFT - 8, y(value) + 4, "end"));
  }
  for (const [seconds, anchor] of [[120, "start"], [60, "middle"], [0, "end"]]) {
    parts.push(label(ago(seconds), x(end - seconds * 1000), height - 4, anchor));
  }
  if (back > 0) {
    const at = x(end - back * 1000);
    parts.push(element("line", { class: "cursor", x1: at, x2: at, y1: above, y2: y(0) }));
  }
  chart.series.forEach(({ of }, index) => {
    const d = line(of, x, y);
    parts.push(element("path", { class: index === 0 ? "first" : "second", d }));
  });
  svg.replaceChildren(...parts);
}

/** One stroke for each run of values; a single value is a dot. */
function line(of, x, y) {
  let d = "";
  let down = false;
  for (const sample of samples) {
    const value = of(sample);
    if (value !== undefined) {
      const at = `${x(sample.time).toFixed(1)} ${y(value).toFixed(1)}`;
      d += down ? `L${at}` : `M${at}h.01`;
    }
    down = value !== undefined;
  }
  return d;
}

/** The end of an axis: 1, 2 or 5 times a power of ten, at least 1. */
function niceTop(highest) {
  let top = 1;
  while (top < highest) {
    top *= String(top).startsWith("2") ? 2.5 : 2;
  }
  return top;
}

function element(name, attributes) {
  const created = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => created.setAttribute(key, value));
  return created;
}

function label(text, x, y, anchor) {
  const created = element("text", { x, y, "text-anchor": anchor });
  created.textContent = text;
  return created;
}

function ago(seconds) {
  return seconds === 0 ? "now" : `${seconds} s ago`;
}

/** Moves the cursor of all charts; the value text lets screen readers read the charts. */
function moveSlider() {
  const back = -Number(byId("back").value);
  const sample = sampleAt(endTime() - back * 1000);
  const spoken = charts.map((chart) => {
    const title = chart.figure.querySelector("h2").textContent;
    return `${title}, ${readings(chart, sample).join(", ")}`;
  });
  byId("back").setAttribute("aria-valuetext", [ago(back), ...spoken].join(". "));
  byId("back-text").textContent = ago(back);
  draw();
}

function point(seconds) {
  pointed = seconds;
  draw();
}

function togglePause() {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", String(paused));
  unreachableSince = null;
  if (paused) {
    addGap(Date.now());
    showState("paused", "Paused");
  } else {
    showState("", "Resumed");
  }
  draw();
}

byId("back").addEventListener("input", moveSlider);
byId("pause").addEventListener("click", togglePause);
for (const { figure } of charts) {
  const svg = figure.querySelector("svg");
  svg.addEventListener("pointermove", (event) => {
    const part = (event.offsetX - LEFT) / (svg.clientWidth - LEFT - RIGHT);
    point(Math.round((1 - Math.min(Math.max(part, 0), 1)) * (WINDOW / 1000)));
  });
  svg.addEventListener("pointerleave", () => point(null));
}
new ResizeObserver(draw).observe(byId("charts"));
poll();
