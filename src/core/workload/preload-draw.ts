import type { Preload } from "../model/preload.ts";
import { Sampler } from "../sim/sampler.ts";
import type { World } from "../sim/world.ts";
import { KeyDraw } from "./key-draw.ts";

/** The messages that a topic or a queue holds when the run starts: how many, since when, and their keys and sizes. */
export class PreloadDraw {
  readonly messages: number;
  /** ns. */
  readonly over: number;
  private readonly keys: KeyDraw;
  private readonly sizes: Sampler;

  /** `streamName`: what its draws are named after. */
  constructor(streamName: string, { messages, over, key, size }: Preload, { kernel, keys }: World) {
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
