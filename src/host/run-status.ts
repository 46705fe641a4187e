import { l10n, StatusBarAlignment, window, type Disposable } from "vscode";

/** The run under way, in the status bar; a click cancels it. */
export class RunStatus implements Disposable {
  private readonly item = window.createStatusBarItem("brokerlab.run", StatusBarAlignment.Left);

  constructor() {
    this.item.name = l10n.t("BrokerLab Run");
    this.item.command = "brokerlab.cancelRun";
  }

  show(file: string, share: number): void {
    const percent = Math.floor(share * 100);
    this.item.text = `$(loading~spin) ${l10n.t("Simulating {0}: {1}%", file, percent)}  $(close)`;
    this.item.tooltip = l10n.t("Cancel the run");
    this.item.accessibilityInformation = {
      label: l10n.t("Simulating {0}, {1} percent. Activate to cancel.", file, percent),
    };
    this.item.show();
  }

  hide(): void {
    this.item.hide();
  }

  dispose(): void {
    this.item.dispose();
  }
}
