/** Beyond these a file is refused with a problem that names the limit; no topology that a person wrote comes near. */
export const charactersMax = 5_000_000;
export const depthMax = 64;
/** Values after aliases have been put in place. */
export const valuesMax = 1_000_000;
