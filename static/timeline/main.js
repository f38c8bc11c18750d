// Starts what the page has: the timeline, and beside it the globe and the map, each following the other.

import { Earth } from "timeline/earth";
import { Timeline } from "timeline/timeline";

const root = document.querySelector("[data-timeline]");
const settings = JSON.parse(document.getElementById("timeline-settings").textContent);
const timeline = new Timeline(root, settings);

const earth = new Earth(root, settings, {
  point: (at) => timeline.pointAt(at),
  go: (at) => timeline.goTo(at),
});
timeline.onPoint((at) => earth.show(at));
timeline.onMove((view) => earth.setSpan(view));

// For the benchmark and the tests.
globalThis.timeline = timeline;
