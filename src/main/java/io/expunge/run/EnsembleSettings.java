package io.expunge.run;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How much ensembles may take.
 *
 * @param diskBudget bytes of all members of all ensembles, and of those that are still to be trained for open orders
 */
@Validated
@ConfigurationProperties(prefix = "expunge.ensemble", ignoreUnknownFields = false)
record EnsembleSettings(@DefaultValue("4GB") DataSize diskBudget) {}
