package dev.outbox.samples.spring;

import dev.outbox.jpa.HeaderContributor;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Every event of a call carries its tenant: a bean is enough. */
@Component
class TenantHeader implements HeaderContributor {

    @Override
    public Map<String, String> headersOf(Object event) {
        String tenant = RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes call
                ? call.getRequest().getHeader("X-Tenant")
                : null;
        return tenant == null ? Map.of() : Map.of("tenant", tenant);
    }
}
