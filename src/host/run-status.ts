import { StatusBarAlignment, window, type Disposable } from "vscode";

/** The run under way, in the status bar; a click cancels it. */
export class RunStatus implements Disposable {
  private readonly item = window.createStatusBarItem("brokerlab.run", StatusBarAlignment.Left);

  constructor() {
    this.item.name = "BrokerLab Run";
    this.item.command = "brokerlab.cancelRun";
  }

  show(file: string, share: number): void {
    const percent = Math.floor(share * 100);
    this.item.text = `$(loading~spin) Simulating ${file}: ${percent}%  $(close)`;
    this.item.tooltip = "Cancel the run";
    this.item.accessibilityInformation = {
      label: `Simulating ${file}, ${percent} percent. Activate to cancel.`,
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
