// Runs VS Code's server for as long as whoever started it lives: that one holds the other end of standard input,
// which closes even when it is killed hard. Extension hosts are in the same process group and go along.
const { pathToFileURL } = require("node:url");

process.stdin.on("close", () => process.kill(-process.pid, "SIGKILL"));
process.stdin.resume();

const [serverMain = ""] = process.argv.splice(2, 1);
process.argv[1] = serverMain;
void import(pathToFileURL(serverMain).href);
