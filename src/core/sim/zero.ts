/**
 * 0 as V8 keeps a fraction. It knows a field that begins with 0 as one of small integers, until the first fraction gives
 * all objects of the class another shape and throws the code away that was made for the old one; a field of times,
 * offsets, sums or levels begins with this 0, and is one of fractions from the first object on.
 */
export const zero: number = new Float64Array(1)[0]!;
