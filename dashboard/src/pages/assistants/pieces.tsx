import type { Piece } from './differences';

/** A text with what went (struck) and what came (underlaid). */
export function Pieces({ pieces }: { pieces: Piece[] }) {
  return pieces.map((piece, n) => {
    const key = `${n.toString()} ${piece.kind}`;
    if (piece.kind === 'added') return <ins key={key}>{piece.text}</ins>;
    if (piece.kind === 'removed') return <del key={key}>{piece.text}</del>;
    return <span key={key}>{piece.text}</span>;
  });
}
