package io.expunge;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** A pure worker answers nothing over HTTP but the actuator. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "expunge.role", havingValue = "worker")
class WorkerConfiguration {

    @Bean
    FilterRegistrationBean<Filter> actuatorOnly() {
        Filter filter = (request, response, chain) -> {
            var path = ((HttpServletRequest) request).getRequestURI();
            if (path.startsWith("/actuator/") && !path.contains("..") && !path.contains(";")) {
                chain.doFilter(request, response);
            } else {
                ((HttpServletResponse) response).setStatus(HttpServletResponse.SC_NOT_FOUND);
            }
        };
        var registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
