import type { ClusterSettings } from "../../model/kafka-cluster.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Cluster } from "./cluster.ts";

/**
 * The controllers' view of the brokers: one whose heartbeats stay away for `broker.session.timeout.ms` is fenced. While
 * they come no event is spent on them; the last one is computed.
 */
export class BrokerSessions {
  private readonly context: LogContext;
  private readonly cluster: Cluster;
  private readonly settings: ClusterSettings;
  /** By broker: when in its interval it sends heartbeats, whether they arrive, and which silence this is. */
  private readonly phases: number[];
  private readonly silent: boolean[];
  private readonly silences: number[];

  constructor(context: LogContext, cluster: Cluster, settings: ClusterSettings) {
    this.context = context;
    this.cluster = cluster;
    this.settings = settings;
    this.phases = cluster.brokers.map(
      ({ number }) =>
        settings.brokerHeartbeatInterval * context.kernel.stream(`broker ${number} heartbeats`).next(),
    );
    this.silent = cluster.brokers.map(() => false);
    this.silences = cluster.brokers.map(() => 0);
  }

  /** The broker or its way to the controllers has changed. */
  review(broker: Broker): void {
    const index = broker.number - 1;
    const silent = !this.cluster.heard(broker);
    if (silent === this.silent[index]) return;
    this.silent[index] = silent;
    this.silences[index]!++;
    const { now } = this.context.kernel;
    if (silent) this.endsAfter(broker, this.lastHeartbeat(index, now));
    else if (broker.fenced) this.cluster.controllers.commit(() => this.cluster.unfence(broker));
  }

  /** Another controller is active, to which all brokers were heard now. */
  begin(broker: Broker): void {
    this.review(broker);
    if (this.silent[broker.number - 1] === true) this.endsAfter(broker, this.context.kernel.now);
  }

  /** The session may be over. */
  ends(broker: Broker, silence: number): void {
    const index = broker.number - 1;
    const { controllers } = this.cluster;
    if (silence !== this.silences[index] || controllers.active === undefined) return;
    // Controllers that no broker hears decide nothing that anybody would know of.
    if (!this.cluster.brokers.some((one) => this.cluster.heard(one))) {
      this.endsAfter(broker, this.context.kernel.now);
      return;
    }
    controllers.commit(() => {
      if (silence === this.silences[index]) this.cluster.fence(broker, "broker.session.timeout.ms");
    });
  }

  private endsAfter(broker: Broker, heartbeat: number): void {
    const { now } = this.context.kernel;
    const silence = ++this.silences[broker.number - 1]!;
    const end = Math.max(heartbeat + this.settings.brokerSessionTimeout, now);
    this.context.timer(end, LogEvent.brokerSessionEnds, broker.number - 1, silence);
  }

  private lastHeartbeat(index: number, now: number): number {
    const { brokerHeartbeatInterval: interval } = this.settings;
    const since = interval > 0 ? (now - this.phases[index]! + interval) % interval : 0;
    return now - since;
  }
}
