/** Tests run on the sources, which import the validator that is compiled from the schema. */
export { buildValidator as default } from "../scripts/build-validator.mjs";
