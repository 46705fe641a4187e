#!/usr/bin/env node
import { existsSync } from "node:fs";

const cli = new URL("../dist/cli.mjs", import.meta.url);
if (existsSync(cli)) await import(cli.href);
else {
  console.error("brokerlab is not built yet. Run `npm run setup && npm run build` in its folder first.");
  process.exitCode = 2;
}
