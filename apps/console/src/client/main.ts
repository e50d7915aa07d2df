import { startCharts } from "./charts.js";
import { startGrid } from "./grid.js";
import { startRegions } from "./regions.js";
import { startTail } from "./tail.js";

startGrid();
startCharts();
startRegions();
startTail();
