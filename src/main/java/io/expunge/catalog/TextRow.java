package io.expunge.catalog;

import java.util.List;

/**
 * One record of text as it is stored.
 *
 * @param asked the question or the input; empty for a plain text
 * @param told the answer, the output or the text
 * @param paraphrases other ways to ask
 */
record TextRow(String asked, String told, List<String> paraphrases) {}
