// Runs inside the extension host in place of the tests: sends what they print to the file that the adapter reads.
const fs = require("node:fs");
const path = require("node:path");
const { format } = require("node:util");

exports.run = () => {
  const output = fs.openSync(process.env["BROKERLAB_EDITOR_OUTPUT"] ?? "", "a");
  for (const level of ["log", "info", "warn", "error", "debug"])
    // VS Code made these accessors, which ignore assignments.
    Object.defineProperty(console, level, {
      configurable: true,
      writable: true,
      value: (/** @type {unknown[]} */ ...values) => fs.writeSync(output, `${format(...values)}\n`),
    });
  return require(path.resolve(process.env["BROKERLAB_EDITOR_TESTS"] ?? "")).run();
};
