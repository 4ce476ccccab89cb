package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How a network is built. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public interface Architecture {}
