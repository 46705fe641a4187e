import type { Broker } from "./broker.ts";
import { Connection } from "./connection.ts";
import type { LogContext } from "./log-context.ts";
import type { ProducerClient } from "./producer-client.ts";

/** A producer client's connections: one to each broker that it has ever sent to. */
export class ClientConnections {
  readonly open = new Map<Broker, Connection>();
  private readonly context: LogContext;
  private readonly client: ProducerClient;

  constructor(context: LogContext, client: ProducerClient) {
    this.context = context;
    this.client = client;
  }

  to(broker: Broker): Connection {
    let connection = this.open.get(broker);
    if (connection === undefined) {
      const { connections, kernel, quotas } = this.context;
      const { place } = this.client;
      const quota = quotas?.of(place, broker, "produce");
      const requests = quotas?.of(place, broker, "request");
      connection = new Connection(connections.length, this.client, broker, kernel.lane(), quota, requests);
      connections.push(connection);
      this.open.set(broker, connection);
    }
    return connection;
  }
}
