/** Why clusters that are not used count as used, where these lie in too many pieces to keep: see `UsedBlocks`. @param joinedGap in bytes */
export function joinedGaps(joinedGap: number): string {
  return `the used clusters lie in so many pieces that gaps of up to ${joinedGap} bytes count as used`;
}
