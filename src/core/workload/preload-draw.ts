import type { Preload, Topic } from "../model/topology.ts";
import { Sampler } from "../sim/sampler.ts";
import type { World } from "../sim/world.ts";
import { KeyDraw } from "./key-draw.ts";

/** The messages that a topic holds when the run starts: how many, since when, and their keys and sizes. */
export class PreloadDraw {
  readonly messages: number;
  /** ns. */
  readonly over: number;
  private readonly keys: KeyDraw;
  private readonly sizes: Sampler;

  constructor({ name }: Topic, { messages, over, key, size }: Preload, { kernel, keys }: World) {
    const streamName = `preload of topic ${name.text}`;
    this.messages = messages;
    this.over = over;
    this.keys = new KeyDraw(key, keys, kernel.stream(`${streamName} keys`), 0, 1);
    this.sizes = new Sampler(size, kernel.stream(`${streamName} sizes`));
  }

  key(): number {
    return this.keys.draw();
  }

  bytes(): number {
    return this.sizes.draw();
  }
}
