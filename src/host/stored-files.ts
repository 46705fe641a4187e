import { FileType, Uri, workspace } from "vscode";

/** Files of one folder of ours, each named by the file of a person that it is about; the oldest make way for new ones. */
export class StoredFiles {
  private readonly folder: Uri;
  private readonly ending: string;
  private readonly most: number;

  constructor(folder: Uri, ending: string, most: number) {
    this.folder = folder;
    this.ending = ending;
    this.most = most;
  }

  async write(about: string, bytes: Uint8Array): Promise<void> {
    await workspace.fs.writeFile(await this.fileOf(about), bytes);
    await this.dropOldest();
  }

  /** Rejects where there is none. */
  async read(about: string): Promise<Uint8Array> {
    return workspace.fs.readFile(await this.fileOf(about));
  }

  private async fileOf(about: string): Promise<Uri> {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(about));
    const name = [...new Uint8Array(digest, 0, 16)]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    return Uri.joinPath(this.folder, `${name}.${this.ending}`);
  }

  private async dropOldest(): Promise<void> {
    const entries = await workspace.fs.readDirectory(this.folder);
    const files = entries
      .filter(([, type]) => type === FileType.File)
      .map(([name]) => Uri.joinPath(this.folder, name));
    if (files.length <= this.most) return;
    const dated = await Promise.all(
      files.map(async (file) => ({ file, ...(await workspace.fs.stat(file)) })),
    );
    dated.sort((a, b) => b.mtime - a.mtime);
    await Promise.all(dated.slice(this.most).map(({ file }) => workspace.fs.delete(file)));
  }
}
