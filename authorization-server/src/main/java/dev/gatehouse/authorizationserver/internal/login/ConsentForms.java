package dev.gatehouse.authorizationserver.internal.login;

import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.internal.token.ResentCodes;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.TokenHash;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Lets each consent form count once, however often and at however many nodes it is sent: by a
 * double click, a reload or the button "back".
 *
 * <p>A browser follows the response to the last request only, so that response must lead to a
 * log-in as well: it is the same code, as long as the client has not redeemed it. The code is
 * derived from the cookie and the form, because it is stored only as a hash. Denial is final: it
 * also withdraws what the same form has allowed.
 */
final class ConsentForms {
  private final Stores stores;
  private final ResentCodes resent;
  private final InstantSource clock;

  ConsentForms(Stores stores, InstantSource clock) {
    this.stores = stores;
    this.resent = new ResentCodes(stores.tokens());
    this.clock = clock;
  }

  /** A form of a logged-in user, and the scopes that are ticked. */
  record Answer(
      AuthorizationRequests.Valid request,
      LoginSession session,
      Set<String> scopes,
      OpaqueToken code) {
    Answer {
      scopes = OrderedSets.copyOf(scopes);
    }

    /** Derives the code, which only the holder of the cookie can do. */
    static Answer of(PageFormEndpoint.OwnForm form, LoginSession session, Set<String> scopes) {
      String id = BrowserSessions.field(form.fields(), Pages.FORM_ID);
      return new Answer(
          form.request(), session, scopes, form.cookie().derive("code of consent form " + id));
    }

    TokenHash form() {
      return TokenHash.of("consent form of code " + code.value());
    }

    StoredCode meaning(String grantId, Instant expiresAt) {
      return new StoredCode(
          grantId,
          request.client().id(),
          session.subject(),
          session.username(),
          session.authentication(),
          scopes,
          request.audience(),
          request.redirectUri().toString(),
          request.codeChallenge(),
          expiresAt,
          false,
          request.dpopKeyThumbprint());
    }
  }

  /** Returns the code for the client; empty when the form was answered and can't be again. */
  Optional<OpaqueToken> allow(Answer answer) {
    stores.recordUse(answer.request().client(), clock.instant());
    return save(answer, fresh(answer)) ? Optional.of(answer.code()) : sameAsBefore(answer);
  }

  private Optional<OpaqueToken> sameAsBefore(Answer answer) {
    Optional<StoredCode> before =
        stores
            .tokens()
            .findCode(answer.code())
            .filter(code -> clock.instant().isBefore(code.expiresAt()))
            // Neither redeemed nor denied, and not for other scopes than those ticked now.
            .filter(code -> code.equals(answer.meaning(code.grantId(), code.expiresAt())));
    before.ifPresent(code -> resent.add(answer.code(), code));
    return before.map(code -> answer.code());
  }

  /** Stores a code that can't be redeemed, so that the form can't be used to allow any more. */
  void deny(Answer answer) {
    if (!save(answer, fresh(answer).asRedeemed())) {
      stores.tokens().redeemCode(answer.code().hash(), List.of());
      stores
          .tokens()
          .findCode(answer.code())
          .ifPresent(allowed -> stores.tokens().revokeGrant(allowed.grantId()));
    }
  }

  private StoredCode fresh(Answer answer) {
    return answer.meaning(UUID.randomUUID().toString(), clock.instant().plus(Lifetimes.CODE));
  }

  /** The form expires with the log-in: with the next one, the cookie has changed. */
  private boolean save(Answer answer, StoredCode meaning) {
    return stores
        .tokens()
        .saveCode(answer.code().hash(), meaning, answer.form(), answer.session().expiresAt());
  }
}
