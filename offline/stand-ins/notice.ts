/**
 * What a stand-in says of itself, once in every operation.
 * @param version the version of the official plugin.
 */
export const standInNotice = (name: string, version: string): string =>
  `${name}: stand-in for the official plugin ${version}, for machines that cannot download it`;
