import type { Name } from "../text/span.ts";
import { shortened } from "./tree.ts";
import type { MapTree } from "./tree.ts";

/** Where a value stands, for messages: its words are put together only where one is told. */
export class Place {
  /** The key that holds it. */
  readonly key: Name;
  readonly holder: MapTree | undefined;
  /** As a reference's. */
  readonly scope: string;
  private readonly around: Place | undefined;
  /** Whether the author chose the key, or the value is an entry of a list, counted from 0. */
  private readonly own: boolean | number;

  constructor(key: Name, around?: Place, own: boolean | number = false, holder?: MapTree, scope = "") {
    this.key = key;
    this.around = around;
    this.own = own;
    this.holder = holder;
    this.scope = scope;
  }

  /** An entry of the list that stands here. */
  entry(index: number, key: Name): Place {
    return new Place(key, this, index, this.holder, this.scope);
  }

  /** The map that a key may be missing in, in words: "Producer `shop`", "`processing` of consumer `fraud`". */
  get owner(): string {
    if (this.around === undefined) return "The file";
    return this.own === false ? within(this.key, this.around.thing) : this.thing;
  }

  /** The nearest thing with a name of its own; empty outside all of them. */
  get thing(): string {
    if (this.around === undefined) return "";
    if (typeof this.own === "number") return `Entry ${this.own + 1} of \`${shortened(this.key.text)}\``;
    return this.own ? ownerOf(this.key, this.around) : this.around.thing;
  }
}

const things: Readonly<Record<string, string>> = {
  producers: "Producer",
  consumers: "Consumer",
  topics: "Topic",
  exchanges: "Exchange",
  queues: "Queue",
  vhosts: "Virtual host",
  flows: "Flow",
};

export function within(key: Name, thing: string): string {
  const name = `\`${shortened(key.text)}\``;
  return thing === "" ? name : `${name} of ${thing.charAt(0).toLowerCase()}${thing.slice(1)}`;
}

function ownerOf(key: Name, place: Place): string {
  const thing = Object.hasOwn(things, place.key.text) ? things[place.key.text] : undefined;
  const name = `\`${shortened(key.text)}\``;
  return thing === undefined ? name : `${thing} ${name}`;
}
