/** In pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** In pixels, from the upper left corner of the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Boxes and arrows between them, by size: what the layout asks for. Boxes have the numbers of their places in the list. */
export interface Drawing {
  readonly boxes: readonly Extent[];
  readonly arrows: readonly {
    readonly from: number;
    readonly to: number;
    readonly label: Extent;
    /** How strongly the arrow pulls its ends together. */
    readonly weight: number;
  }[];
  /** What it has to fit in; without it, it goes from left to right. */
  readonly room?: Extent;
}

/** Where everything of a drawing stands, in the same order; boxes and labels by their middle. */
export interface Placement extends Extent {
  /** Whether the arrows lead downwards, not to the right. */
  readonly down: boolean;
  readonly boxes: readonly Point[];
  readonly arrows: readonly { readonly points: readonly Point[]; readonly label: Point }[];
}

/** Host to layout worker. */
export interface ToLayout {
  readonly number: number;
  readonly drawing: Drawing;
}

/** Layout worker to host: one answer for each drawing. */
export type FromLayout =
  | { readonly type: "placed"; readonly number: number; readonly placement: Placement }
  | { readonly type: "failed"; readonly number: number; readonly message: string };
