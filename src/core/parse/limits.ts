/** Beyond these a file is refused with a problem that names the limit; no topology that a person wrote comes near. */
export const charactersMax = 2_000_000;
export const depthMax = 64;
/** Values after aliases have been put in place. */
export const valuesMax = 500_000;
