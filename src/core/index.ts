export { parse } from "./parse/parse.ts";
export type { Parsed } from "./parse/parse.ts";
export { LineIndex } from "./text/line-index.ts";
export type { Position } from "./text/line-index.ts";
export type { Name, Span } from "./text/span.ts";
export type { Fix, Problem, Severity } from "./problems/problem.ts";
export type { Topology } from "./model/topology.ts";
