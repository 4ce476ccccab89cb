package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** An unlearning algorithm with its hyper-parameters. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public interface Method {}
