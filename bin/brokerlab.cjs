#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const cli = join(__dirname, "../dist/cli.js");
if (existsSync(cli)) require(cli);
else {
  console.error("brokerlab is not built yet. Run `npm run setup && npm run build` in its folder first.");
  process.exitCode = 2;
}
