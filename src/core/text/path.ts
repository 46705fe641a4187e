/** From the top of a file to a value in it: keys of maps, and places in lists, from 0. */
export type Path = readonly (string | number)[];
