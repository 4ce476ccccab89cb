package io.expunge.intake;

/**
 * What stands over each message.
 *
 * @param uid of the request, made by Ketch
 * @param tenant code of the customer's account
 */
record KetchMetadata(String uid, String tenant) {}
