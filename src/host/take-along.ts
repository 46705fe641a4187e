import { l10n, Uri, window, workspace } from "vscode";
import type { Form } from "../protocol/panel.ts";
import { messagesCsv, seriesCsv } from "../report/csv.ts";
import { mermaid } from "../report/mermaid.ts";
import type { Outcome } from "../report/outcome.ts";
import { reportFiles, reportPage } from "../report/page.ts";
import type { ReportFiles } from "../report/page.ts";
import { nameOf } from "./recognition.ts";

interface Written {
  /** As people know it. */
  readonly title: string;
  /** Stands before the extension of the file's name. */
  readonly part: string;
  readonly extension: string;
  /** As the dialog names such files. */
  readonly kind: string;
  readonly write: (outcome: Outcome, extension: Uri) => string | Promise<string>;
}

const forms: Readonly<Record<Form, Written>> = {
  report: {
    title: l10n.t("Report: plays the run back in any browser"),
    part: "",
    extension: "html",
    kind: "HTML",
    write: async (outcome, extension) => reportPage(outcome, await readFiles(extension)),
  },
  json: {
    title: l10n.t("Figures, as `brokerlab simulate --json` prints them"),
    part: "",
    extension: "json",
    kind: "JSON",
    write: ({ result }) => `${JSON.stringify(result.summary, undefined, 1)}\n`,
  },
  series: {
    title: l10n.t("Charts' data: each series, bucket by bucket"),
    part: "-series",
    extension: "csv",
    kind: "CSV",
    write: ({ result }) => seriesCsv(result),
  },
  messages: {
    title: l10n.t("Messages: each step of the traced ones"),
    part: "-messages",
    extension: "csv",
    kind: "CSV",
    write: ({ result }) => messagesCsv(result),
  },
  mermaid: {
    title: l10n.t("Topology as a Mermaid diagram"),
    part: "",
    extension: "mmd",
    kind: "Mermaid",
    write: ({ result }) => mermaid(result.graph),
  },
};

/** Saves a run as a file: in the form that is named, else in the one the person chooses; to `target`, else where they say. */
export async function saveOutcome(
  outcome: Outcome,
  extension: Uri,
  asked: unknown,
  target?: Uri,
): Promise<void> {
  const form = isForm(asked) ? asked : await chooseForm();
  if (form === undefined) return;
  const { part, kind, extension: ending, write } = forms[form];
  const file = target ?? (await chooseFile(outcome.uri, `${part}.${ending}`, kind));
  if (file === undefined) return;
  await save(file, async () => new TextEncoder().encode(await write(outcome, extension)));
}

export async function savePicture(
  uri: string,
  of: "diagram" | "charts" | "models",
  format: "svg" | "png",
  bytes: Uint8Array,
): Promise<void> {
  const file = await chooseFile(uri, `-${of}.${format}`, format.toUpperCase());
  if (file !== undefined) await save(file, () => bytes);
}

function isForm(asked: unknown): asked is Form {
  return typeof asked === "string" && Object.hasOwn(forms, asked);
}

async function chooseForm(): Promise<Form | undefined> {
  const items = (Object.keys(forms) as Form[]).map((form) => ({
    label: forms[form].title,
    description: forms[form].kind,
    form,
  }));
  return (await window.showQuickPick(items, { placeHolder: l10n.t("What is to be saved?") }))?.form;
}

/** Beside the topology, under its name. */
function chooseFile(uri: string, ending: string, kind: string): Thenable<Uri | undefined> {
  const topology = Uri.parse(uri);
  const stem = nameOf(topology).replace(/(\.topology)?\.ya?ml$/i, "") || "run";
  const folder =
    topology.scheme === "untitled" ? workspace.workspaceFolders?.[0]?.uri : Uri.joinPath(topology, "..");
  return window.showSaveDialog({
    ...(folder && { defaultUri: Uri.joinPath(folder, `${stem}${ending}`) }),
    filters: { [kind]: [ending.slice(ending.lastIndexOf(".") + 1)] },
  });
}

async function save(file: Uri, make: () => Uint8Array | Promise<Uint8Array>): Promise<void> {
  try {
    await workspace.fs.writeFile(file, await make());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(l10n.t("{0} was not saved: {1}", nameOf(file), reason));
  }
}

async function readFiles(extension: Uri): Promise<ReportFiles> {
  const texts = await Promise.all(
    reportFiles.map(async (name) => {
      const bytes = await workspace.fs.readFile(Uri.joinPath(extension, "dist", name));
      return [name, new TextDecoder().decode(bytes)] as const;
    }),
  );
  return Object.fromEntries(texts) as ReportFiles;
}
