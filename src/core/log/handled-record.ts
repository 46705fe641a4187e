import { blankEnd, type DeliveryEnd } from "../sim/world.ts";
import { packingAt } from "./batch-decompression.ts";
import type { Handlers } from "./handlers.ts";
import type { LogContext } from "./log-context.ts";
import type { MemberSetup } from "./member-setup.ts";
import type { Partition } from "./partition.ts";

/** The record that a handler has come to an end with, as what its member sends on is told of it. */
export class HandledRecord<Of extends { readonly partition: Partition }> {
  private readonly context: LogContext;
  private readonly setup: MemberSetup;
  private readonly handlers: Handlers<Of>;
  private readonly end: DeliveryEnd = blankEnd();

  constructor(context: LogContext, setup: MemberSetup, handlers: Handlers<Of>) {
    this.context = context;
    this.setup = setup;
    this.handlers = handlers;
  }

  /** Holds until the next call. */
  of(handler: number, when: DeliveryEnd["when"]): DeliveryEnd {
    const { context, setup, handlers, end } = this;
    const { partition } = handlers.of[handler]!;
    const { lineage } = context.world;
    end.when = when;
    end.key = handlers.key[handler]!;
    const keepsBytes = when === "givenUp" || setup.sender?.onward.state?.keepsBytes === true;
    end.bytes = keepsBytes ? this.bytesOf(partition, handlers.offset[handler]!) : 0;
    end.sentAt = handlers.sentAt[handler]!;
    end.task = partition.log.partition;
    end.from = setup.topics.length === 1 ? 0 : setup.topics.indexOf(partition.log.topic);
    end.rootAt = handlers.rootOf(handler, lineage);
    if (lineage.numbered) end.rootId = lineage.rootIdOf(handlers.source[handler]!, handlers.id[handler]!);
    return end;
  }

  /** Of the record's value. */
  private bytesOf(partition: Partition, offset: number): number {
    return partition.log.meanBytes(offset, packingAt(this.context, partition, offset).rate);
  }
}
