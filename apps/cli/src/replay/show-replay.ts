import type { RangeTally } from "@cc-ingest/service";
import { count } from "../shared/terminal.js";

/** What a replay of one service's messages came to. */
export interface Replayed extends RangeTally {
  readonly service: string;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

/** While it goes on. `total`: messages there are to read. */
export function progressLine({ messages }: RangeTally, total: number, seconds: number): string {
  const rate = messages / Math.max(seconds, 0.001);
  const left = Math.ceil(Math.max(0, total - messages) / Math.max(rate, 0.001));
  const percent = total === 0 ? 100 : Math.floor((100 * messages) / total);
  return `replayed ${count(messages)} of ${count(total)} (${percent} %), ${count(Math.round(rate))}/s, about ${duration(left)} to go`;
}

export function showReplayed(each: Replayed): string {
  const { service, stream, from, to, messages, applied, known, rejected, seconds } = each;
  const took = `in ${seconds.toFixed(1)} s (${count(Math.round(messages / Math.max(seconds, 0.001)))}/s)`;
  const outcome = `${count(applied)} events applied, ${count(known)} known already, ${count(rejected)} lines refused`;
  return `${stream} ${from}–${to} for ${service}: ${count(messages)} messages ${took}; ${outcome}`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
