import { parseNumber, type Table } from '@oinr/tables';

/** A measured point: its row in the table, and its value. */
export interface Cell {
  /** From 0. */
  readonly row: number;
  readonly value: number;
  readonly step: number;
  readonly seconds: number;
}

/** What rows have to say in some columns, such as `{ case: 'coffee', method: 'oinr', metric: 'psnr_db' }`. */
export type Asked = Readonly<Record<string, string>>;

/** The table of an experiment, asked for points. */
export class Measured {
  readonly table: Table;

  constructor(table: Table) {
    this.table = table;
  }

  /** All cases, in the order of the table. */
  get cases(): readonly string[] {
    return [...new Set(this.table.rows.map((row) => row.case))];
  }

  /** All points that say what is asked. */
  all(asked: Asked): Cell[] {
    return this.table.rows.flatMap((row, index) => {
      if (!Object.entries(asked).every(([column, cell]) => row[column] === cell)) return [];
      const value = parseNumber(row.value);
      if (value === undefined || Number.isNaN(value)) return [];
      const number = (cell: string): number => parseNumber(cell) ?? 0;
      return [{ row: index, value, step: number(row.step), seconds: number(row.cpu_seconds) }];
    });
  }

  /** The point after the last step. */
  last(asked: Asked): Cell | undefined {
    return this.all(asked).reduce<Cell | undefined>(
      (last, cell) => (last === undefined || cell.step > last.step ? cell : last),
      undefined,
    );
  }

  /** The point with the largest value. */
  best(asked: Asked): Cell | undefined {
    return this.all(asked).reduce<Cell | undefined>(
      (best, cell) => (best === undefined || cell.value > best.value ? cell : best),
      undefined,
    );
  }
}
