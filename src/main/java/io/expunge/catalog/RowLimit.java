package io.expunge.catalog;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Refuses a row that never ends, such as one whose quote is not closed, before it fills the memory. */
final class RowLimit extends FilterReader {

    private static final int MAX_ROW = 1 << 20;

    private long line;
    private int count;

    RowLimit(Reader in) {
        super(in);
    }

    /** The row that ends in this line, counted from 1, was read. */
    void rowEnded(long number) {
        line = number;
        count = 0;
    }

    @Override
    public int read() throws IOException {
        int character = in.read();
        add(character < 0 ? 0 : 1);
        return character;
    }

    @Override
    public int read(char[] buffer, int from, int length) throws IOException {
        int n = in.read(buffer, from, length);
        add(Math.max(n, 0));
        return n;
    }

    private void add(int characters) {
        count += characters;
        if (count > MAX_ROW) {
            throw Upload.fault(
                    "line " + (line + 1),
                    "begins a row of more than " + MAX_ROW + " characters; is a quote not closed?");
        }
    }
}
